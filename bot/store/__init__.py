"""SQL and nothing else. Every function takes the transaction it works in; `schema` says what each column holds."""
