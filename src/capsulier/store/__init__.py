"""Tables, migrations, and one read query per page. The states of executions are written by the ledger only."""
