"""Pure rules: no I/O, no clock, no telegram, no SQL. Everything is told `now`. A doctor could read it."""
