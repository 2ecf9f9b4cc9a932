"""Words, figures and HTML pages made from results: functions that return text or bytes. Nothing is written here."""
