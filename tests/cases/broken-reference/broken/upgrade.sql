SET session_replication_role = replica;
DELETE FROM depots WHERE id = 2;
RESET session_replication_role;
