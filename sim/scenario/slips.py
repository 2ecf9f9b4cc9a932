"""Slips of whoever writes a scenario file by hand: what is wrong with a line that is no TOML, and how it is written."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sim.policies import registry
from sim.scenario.moments import USUAL_STEPS, moment_fix

CURLY = "“”„‟«»‘’‚"  # quotes of text processors
COMMAS = re.compile(r"=\s*([-+]?\d+(?:,\s?\d+)+(?:\.\d+)?)(?![\d,]*\])")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
KEY = r"[A-Za-z0-9_.-]+"
HEADING = re.compile(rf"(\[+)\s*({KEY})\s*(\]*)\s*(?:#.*)?")
ENTRY = re.compile(rf"({KEY})\s*=\s*(.*?)\s*(?:#[^\"']*)?")
TEXTS = ("title", "question", "name", "id", "label", "note", "source", "basis", "extends")  # keys of text
OF_TEXT = ("unit", "basis", "source", "note")  # of a number
DATES = ("start", "end", "since")  # of a policy
MOST_PATHS = 3  # that a message names
LONGEST = 1000  # letters of a line that is looked at
LISTS = ("policy",)  # whose heading has two brackets, since there may be several
UNIT_BEGINS = r"(?:[^\d\s.,:;+\-–—−~_#=]|(?<=\s)1\s*/)"  # a unit behind a number, 1/yr with a blank between
AMOUNT = re.compile(rf"([-+]?[\d_.]+(?:[eE][-+]?\d+)?)\s*({UNIT_BEGINS}[^=]*)")
QUOTES = "\"'"  # about a unit, or none
UNIT_BEHIND = re.compile(
    rf"\s*(?P<quote>[{QUOTES}]?)(?P<unit>(?![{QUOTES}{{}}\]]){UNIT_BEGINS}[^={QUOTES}{{}}]*?)(?P=quote)\s*(?:#.*)?"
)
CODE = r"(?<![A-Za-z])[kMBGT]?(?:US\$|[A-Z]{3}|[$€£₹₩]|(?i:euros?|eur|usd))"  # how a unit of money begins
CENTURY = r"\(?(?P<year>(?:19|20)\d\d)\)?(?!\d)"
YEARS_OF_MONEY = (  # how its year is typed: EUR/tCO2 of 2024; EUR_2024/tCO2; 2024 EUR/tCO2; EUR/tCO2 (2024)
    re.compile(r"(?P<money>)\s+of\s+(?P<year>\d{4})\b"),
    re.compile(rf"(?P<money>{CODE})[\s_]*{CENTURY}"),
    re.compile(rf"(?P<money>)^{CENTURY}\s*(?={CODE})"),
    re.compile(rf"(?P<money>{CODE}.*\S)[\s,]+{CENTURY}$"),
)
WORD = re.compile(r"[^\W\d][\w .,'-]*")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|' + r"'[^']*'")

SEPARATE = re.compile(r",(?=(?:[^\[\]\"]|\[[^\]]*\]|\"[^\"]*\")*$)")  # commas outside lists and quotes

PARTED = (  # a number whose thousands are parted by a point, a blank or an apostrophe
    r"[-+]?\d{1,3}(?:(?:\.\d{3}){2,}(?:,\d+)?|(?:\.\d{3})+,\d+|(?:['’\u00a0\u202f ]\d{3})+(?:[.,]\d+)?)(?![\w.,'’]*\d)"
)
IN_LINE = re.compile(rf"(?<=[=\[,])(\s*)({PARTED})")

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
POWER = re.compile(  # 10^26, 2.1 x 10^25, 10**26, 10²⁶
    r"(?:([-+]?\d+(?:[.,]\d+)?)\s*[x×*·]\s*)?10\s*(?:(?:\^|\*\*)\s*([-+]?\d+)|([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))(?!\d)",
    re.IGNORECASE,
)
OF_POWERS = re.compile(rf"{QUOTED.pattern}|(?<=[=\[,])\s*{POWER.pattern}", re.IGNORECASE)  # beside texts

Slip = tuple[str, str]  # what is wrong, and the fix


def ending_with(path: str, written: Iterable[str]) -> str:
    """A fix that names whole paths of which somebody wrote the end, those of the scenario before those of policies
    that it may have: policy.carbon_tax.rate for rate and carbon_tax.rate. Nothing where none ends so."""
    policies = [f"policy.{name}.{key}" for name, policy in registry().items() for key in policy.parameters()]
    whole = list(dict.fromkeys(one for one in (*written, *policies) if one.endswith(f".{path}")))
    more = [f"{len(whole) - MOST_PATHS} more"] if whole[MOST_PATHS:] else []
    return f"write {' or '.join([*whole[:MOST_PATHS], *more])}" if whole else ""


def slip_in(line: str, said: str) -> Slip | None:
    """What is wrong with a line, and how it is written; None for what no rule here knows. ``said`` is the parser's
    word on it."""
    rules = RULES if len(line) <= LONGEST else ()
    return next((found for rule in rules if (found := rule(line, said))), None)


def unclosed_list(lines: list[str]) -> int | None:
    """The number of the last line, from 1 on, that opens a list and does not close it; None where there is none."""
    opens = [number for number, line in enumerate(lines, 1)
             if "=" in line and (bare := QUOTED.sub("", line)).count("[") > bare.count("]")]  # fmt: skip
    return opens[-1] if opens else None


def _curly(line: str, said: str) -> Slip | None:
    if not any(quote in line for quote in CURLY):
        return None
    return "quotes of a text processor", 'write straight quotes (") in place of curly ones'


def _other_digits(line: str, said: str) -> Slip | None:
    """Digits of another script or of full width, where a number stands."""
    bare = QUOTED.sub("", line).partition("#")[0]
    if not any(letter.isdecimal() and not letter.isascii() for letter in bare):
        return None
    return "digits other than 0 to 9", f"write {with_usual_digits(line)}"


def with_usual_digits(text: str) -> str:
    """A text with digits of other scripts, and signs of full width, as 0 to 9 and as they are usually written."""
    usual = (str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
    return unicodedata.normalize("NFKC", "".join(usual))


def _other_letters(line: str, said: str) -> Slip | None:
    """A key or a heading without quotes that has other letters than a to z."""
    found = re.fullmatch(r"\[+([^\]\"']*)\]+.*|([^=\"'\[\]{}]*)=.*", line)
    name = (found[1] or found[2] or "").strip() if found else ""
    if name.isascii() or not all(letter.isalnum() or letter in "_.- " for letter in name):
        return None
    parts = (part if part.isascii() else _quoted(part) for part in map(str.strip, name.split(".")))
    quoted = line.replace(name, ".".join(parts), 1)
    return "a key with other letters than a to z, without quotes", f"write {quoted}, or as the key is spelled"


def without_comma(number: str, written: Callable[[str], str] = str) -> str | None:
    """What to write for a number with commas: a comma between decimals or thousands, or either where it may be both.
    ``written`` is how such a number stands there. None where it is no number."""
    decimal, thousands = re.fullmatch(r"([-+]?\d+),(\d+)", number), THOUSANDS.fullmatch(number)
    joined = written(number.replace(",", ""))
    if decimal:
        or_else = f" (or {joined} for thousands)" if thousands else ""
        return f"{written(f'{decimal[1]}.{decimal[2]}')}{or_else}: decimals follow a point"
    return f"{joined}: thousands stand without a comma" if thousands else None


def together(number: str) -> str:
    """A number whose thousands are parted, with its digits in one: 5000000 for 5.000.000 and for 5'000'000; any other
    as it is."""
    if not re.fullmatch(PARTED, number):
        return number
    whole, _, rest = number.partition(",") if "," in number else (number, "", "")
    if not re.search(r"\.\d{3}(\.|$)", whole) or re.search(r"['’\s]", whole):  # the point is one of decimals
        return re.sub(r"['’\s]", "", whole) + (f".{rest}" if rest else "")
    return whole.replace(".", "") + (f".{rest}" if rest else "")


def power_of_ten(text: str) -> str:
    """A text that begins with a power of ten, with the number as it is written here, 2e26 for 2 x 10^26; any other as
    it is."""
    of = POWER.match(text)
    if of is None:
        return text
    return f"{(of[1] or '1').replace(',', '.')}e{(of[2] or of[3].translate(RAISED)).lstrip('+')}{text[of.end() :]}"


def _power(line: str, said: str) -> Slip | None:
    """A number as a power of ten."""

    def written(found: re.Match[str]) -> str:
        bare = found[0].lstrip()
        return found[0] if bare[0] in QUOTES else found[0][: -len(bare)] + power_of_ten(bare)

    mended = OF_POWERS.sub(written, line)
    return None if mended == line else ("a power of ten", _mended(mended, said))


def _mended(line: str, said: str) -> str:
    """The fix for a line in which one slip is mended: the line, or where there is another slip what is said of that."""
    try:
        tomllib.loads(line)
    except ValueError:
        slip = slip_in(line, said)
        return slip[1] if slip else f"write {line}"
    return f"write {line}"


def _date(line: str, said: str) -> Slip | None:
    """A date that is no date of TOML, where a policy begins or ends."""
    found = ENTRY.fullmatch(line)
    fix = moment_fix(found[2], USUAL_STEPS) if found and found[1] in DATES and not QUOTED.search(line) else None
    return ("a date", f"write {found[1]} = {fix}") if found and fix else None


def _thousands(line: str, said: str) -> Slip | None:
    """Thousands that are parted by points, blanks or apostrophes."""

    def whole(found: re.Match[str]) -> str:
        listed = "," in found[2] and line[found.start() - 1] != "="  # the comma may stand between two numbers
        return found[0] if listed else f"{found[1] or ' '}{together(found[2])}"

    mended = IN_LINE.sub(whole, line)
    if mended == line:
        return None
    return "thousands that are parted", f"{_mended(mended, said)}: thousands stand without a mark between them"


def _comma(line: str, said: str) -> Slip | None:
    found = COMMAS.search(line)
    unit = UNIT_BEHIND.fullmatch(line, found.end()) if found else None
    written = partial(in_table, **amount_of(unit["unit"])) if unit else str
    right = without_comma(re.sub(r"\s", "", found[1]), written) if found else None
    return ("a comma within a number", f"write {right}") if right else None


def _in_braces(line: str, said: str) -> Slip | None:
    """Entries in { ... } with text without quotes, or a number with its unit behind it: a percentage of several entries
    is a share of each."""
    found = re.fullmatch(rf"({KEY}\s*=\s*)\{{(.*)\}}\s*(?:#.*)?", line)
    entries = [ENTRY.fullmatch(part.strip()) for part in SEPARATE.split(found[2])] if found else []
    if not found or not all(entries):
        return None
    parts = [(entry[1], entry[2], _in_entry(entry[1], entry[2])) for entry in entries if entry]
    wrong = next((given for _, given, right in parts if right), None)
    whole = f"{found[1]}{{ {', '.join(right or f'{key} = {given}' for key, given, right in parts)} }}"
    try:
        tomllib.loads(whole)
    except ValueError:
        return None
    return (_what(wrong), f"write {whole}") if wrong else None


def _in_entry(key: str, given: str) -> str | None:
    """A key and its value in { ... } as TOML has them, where they are not yet."""
    number = AMOUNT.fullmatch(given)
    if key in OF_TEXT:
        return None if QUOTED.fullmatch(given) else f"{key} = {_quoted(given)}"
    if number and key == "value":
        return f"value = {number[1]}, {beside_list(**amount_of(number[2].strip(QUOTES)))}"
    if number and number[2].strip() == "%":  # of a weight
        return f"{key} = {float(number[1]) / 100:.15g}"
    return None


def _comma_at_the_end(line: str, said: str) -> Slip | None:
    """A comma before the } that ends a table: TOML has none there, as it has in lists."""
    mended = re.sub(r",\s*\}(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)", " }", line)
    return None if mended == line else ("a comma before }", _mended(mended, said))


def _over_two_lines(line: str, said: str) -> Slip | None:
    bare = QUOTED.sub("", line)
    if bare.count("{") > bare.count("}"):
        fix = "keep { ... } on one line, or write it as a table of its own: [policy.rate], then a line for each key"
        return "a { without its } on the same line", fix
    if "=" in bare and bare.count("[") > bare.count("]"):
        return "a [ without its ]", "close the list with ]"
    return None


def _heading(line: str, said: str) -> Slip | None:
    """A heading with brackets that do not match, or one that is there already."""
    found = HEADING.fullmatch(line)
    if not found:
        return None
    opened, name, closed = found.groups()
    right = f"[[{name}]]" if name in LISTS else f"[{name}]"
    if len(opened) != len(closed):
        return "a heading whose brackets do not match", f"write {right}"
    if name in LISTS:
        return "policies are a list, so that there may be several", f"write {right} above each policy, the first too"
    if opened == "[" and "twice" in said:
        head, _, rest = name.partition(".")
        if head in LISTS and "." not in rest:
            return (
                f"the table [{name}] is there twice",
                f'write [[{head}]] above each policy, and below it name = "..."',
            )
        return f"the table [{name}] is there twice", f"put all its keys below one [{name}]"
    return f"[{name}] is there already in another form", f"put all its keys below one [{name}]"


def _no_equals(line: str, said: str) -> Slip | None:
    found = re.fullmatch(rf"({KEY})\s*(?::\s*|\s)\s*(.+)", line)
    if not found or line.startswith("[") or "=" in QUOTED.sub("", line).partition("{")[0].partition("[")[0]:
        return None
    key, given = found.groups()
    return "no = between key and value", f"write {key} = {_as_toml(key, given) or given}"


def _blank_in_key(line: str, said: str) -> Slip | None:
    found = re.fullmatch(rf"({KEY}(?:\s+{KEY})+)\s*=\s*(.*)", line)
    return ("a blank within a key", f"write {'_'.join(found[1].split())} = {found[2]}") if found else None


def _value(line: str, said: str) -> Slip | None:
    """A value that is missing, or text or a number with a unit that is not written as such."""
    found = ENTRY.fullmatch(line)
    if not found:
        return None
    key, given = found.groups()
    if not given:
        return "a key without a value", f"write the value behind {key} =, or take the line out"
    if "overwrite" in said.casefold() or "duplicate" in said.casefold():
        return f"{key} is there twice", f"keep one of them: a key may appear once only below a heading ({key} = ...)"
    if QUOTED.sub("", given).count('"') % 2 and given.startswith('"') and not given.startswith('"""'):
        return "quotes that do not close", f'write {key} = "{given[1:]}"'
    right = _as_toml(key, given)
    return (_what(given), f"write {key} = {right}") if right else None


def amount_of(unit: str) -> dict[str, Any]:
    """What stands beside a number: its unit, and the year of its money where that is typed too: EUR/tCO2 of 2024."""
    dated = next((found for form in YEARS_OF_MONEY if (found := form.search(unit))), None)
    if dated is None:
        return {"unit": unit}
    return {"unit": unit[: dated.start()] + dated["money"] + unit[dated.end() :], "year": int(dated["year"])}


def in_table(number: str, unit: str, year: int | None = None) -> str:
    """A number as a file has it, with its unit and the year of its money."""
    return f"{{ value = {number}, {beside_list(unit, year)} }}"


def beside_list(unit: str, year: int | None = None) -> str:
    """The unit of a number or of a list of them, and the year of its money, as a file has them."""
    return f'unit = "{unit}"{f", year = {year}" if year else ""}'


def _what(given: str) -> str:
    if given.casefold() in ("true", "false"):
        return "a capital letter in true or false"
    return "text without quotes" if WORD.match(given.lstrip("[ ")) else "a number with something behind it"


def _as_toml(key: str, given: str) -> str | None:
    """A value as TOML has it: text in quotes, a number with its unit in a table; None where it is not known how."""
    number = AMOUNT.fullmatch(given)
    if number and key in TEXTS:
        return _quoted(given)
    if number:
        return in_table(number[1], **amount_of(number[2].strip(QUOTES)))
    if given.casefold() in ("true", "false"):
        return given.casefold() if given not in ("true", "false") else None
    if given.startswith("[") and given.endswith("]"):
        parts = [part.strip() for part in given[1:-1].split(",") if part.strip()]
        if all(WORD.fullmatch(part) or QUOTED.fullmatch(part) for part in parts):
            return f"[{', '.join(part if QUOTED.fullmatch(part) else _quoted(part) for part in parts)}]"
    return _quoted(given) if WORD.fullmatch(given) else None


def _quoted(text: str) -> str:
    return f'"{text}"'


RULES: tuple[Callable[[str, str], Slip | None], ...] = (
    _curly, _comma_at_the_end, _power, _date, _other_digits, _other_letters, _thousands, _comma, _in_braces, _heading,
    _over_two_lines, _no_equals, _blank_in_key, _value,
)  # fmt: skip
