"""Words, figures and the HTML page: functions of tables, returning text or bytes. Nothing is written here."""
