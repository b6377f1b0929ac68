"""The calendar: what is planned and what is out, by month, week, day or as a list."""
