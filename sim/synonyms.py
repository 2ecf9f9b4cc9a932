"""What people call policies, keys, kinds, regions and things that are measured and have another name here."""

ALSO = {
    # policies
    "carbon_tax": "carbon_price carbon_pricing carbon_levy carbon_fee carbon_charge co2_tax co2_price emission_tax "
    "emissions_tax climate_tax",
    "cap_and_trade": "ets eu_ets emission_trading emissions_trading emissions_trading_scheme emissions_trading_system "
    "carbon_trading carbon_market carbon_permits emission_permits emissions_permits allowances",
    "carbon_budget": "carbon_cap carbon_limit emission_cap emissions_cap emission_limit emissions_limit "
    "emission_standard",
    "clean_power_support": "production_tax_credit tax_credit tax_credits ptc 45y 45u inflation_reduction_act ira cfd "
    "contract_for_difference contracts_for_difference ppa power_purchase_agreement feed_in_tariff feed_in_tariffs "
    "feed_in_premium clean_power_subsidy clean_power_subsidies clean_subsidy clean_energy_subsidy renewable_subsidy "
    "renewable_subsidies renewables_subsidy subsidy_for_renewables renewable_support renewables_support green_subsidy "
    "green_subsidies",
    "compute_voucher": "subsidy subsidies grant grants voucher vouchers credits compute_credits cloud_credits "
    "compute_subsidy compute_grant compute_grants",
    "public_compute": "cloud public_cloud research_cloud national_cloud nairr national_compute supercomputer "
    "supercomputers computing_centre",
    "open_publication": "open_source open_weights open_models open_access openness publication publishing",
    "reporting_duty": "reporting disclosure notification registration transparency",
    "training_run_ceiling": "compute_cap compute_ceiling compute_limit flop_cap training_cap training_limit run_limit "
    "moratorium pause ban training_pause training_ban training_moratorium",
    "training_run_pace": "slowdown pacing pace",
    "compute_levy": "levy compute_tax compute_fee compute_charge compute_price flop_tax flop_levy token_tax token_levy "
    "cloud_tax cloud_levy hardware_tax chip_tax ai_tax ai_levy robot_tax digital_tax digital_services_tax windfall "
    "windfall_tax",
    "compute_permits": "compute_trading compute_quota compute_quotas compute_licence compute_license",
    # keys
    "start": "from year begin begins starts start_year start_date first_year",
    "price_floor": "min_price minimum_price lowest_price least_price price_minimum",
    "price_ceiling": "max_price maximum_price highest_price price_cap price_maximum",
    "end": "until till to ends stop stops end_year end_date last_year",
    # kinds and regions
    "academic_lab": "university universities academia academic academics",
    "corporation": "company companies firm firms industry big_tech",
    "united_states": "usa us america",
    "china": "prc",
    # published tables
    "bloom": "luccioni",
}
STRENGTHS = ("strength", "amount", "level", "price", "size", "value", "quantity", "stringency")  # of any policy
EXEMPTS = (  # how keys begin that say whom a policy does not hold for
    "but", "except", "excepted", "exclude", "excluded", "excludes", "excluding", "exclusion", "exclusions", "exempt",
    "exempted", "exemption", "exemptions", "exempts", "not", "without",
)  # fmt: skip
HOLDS_FOR = (  # keys that say whom it holds for
    "actors", "applies", "applies_to", "apply_to", "countries", "country", "covered", "covers", "holds_for", "only",
    "sector", "sectors", "where", "who", "whom",
)  # fmt: skip
SUPPORTS = {  # words in names of what supports clean power
    "cfd", "clean", "feed", "green", "incentive", "incentives", "nuclear", "ppa", "premium", "renewable", "renewables",
    "solar", "subsidies", "subsidy", "support", "tariff", "tariffs", "wind",
}  # fmt: skip
CLEAN_POWER_SUPPORT = "clean_power_support"
SUPPORT_IS = (
    f"support for clean power is '{CLEAN_POWER_SUPPORT}', in a world with mechanisms.abatement = true; a lower "
    "region.ID.clean_premium or a faster abatement.build makes another world, and what it takes to bring that about is "
    "not counted"
)
MEANT = {word: name for name, words in ALSO.items() for word in words.split()}
# Words that measures are sought by, behind how words of their texts begin.
SOUGHT = {
    "access": "participation participate participating take taking part inclusion exclusion democratization",
    "academi lab": "university universities academia academics academic scientist science college lab labs",
    "startup": "entrepreneur founder newcomer entrant sme",
    "corporation": "company companies firm industry incumbent",
    "industry": "company companies firm",
    "usd": "money dollar budget cost expense finance spending expenditure",
    "price": "cost expensive cheap dear",
    "cost": "price expensive cheap dear",
    "revenue outlay transfers": "tax treasury government state fiscal subsidy budget",
    "outlay": "cost expense spending expenditure",
    "policies": "policy programme",
    "researcher": "job jobs employment work worker people staff labour labor",
    "emission co2 carbon": "co2 carbon climate greenhouse ghg pollution footprint tonne",
    "energy electric power mwh": "electricity power energy grid watt twh kwh consumption",
    "error": "accuracy performance quality capability progress",
    "inequality gini theil": "inequality fairness equity unequal distribution",
    "hhi concentration top": "monopoly concentration oligopoly",
    "capability": "model models",
    "scrutiny known": "transparency oversight audit inspection safety reporting",
    "market": "sales product products turnover",
}
