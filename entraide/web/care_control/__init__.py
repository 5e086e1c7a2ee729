"""Medical control: its worklist, sessions, register, campaigns, profiles and anomalies."""
