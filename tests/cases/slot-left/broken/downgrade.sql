SELECT pg_drop_replication_slot('case_feed');
