SELECT pg_create_physical_replication_slot('case_feed'); SELECT pg_drop_replication_slot('case_feed');
