-- What a database or a server may have set and our own sessions must not have: how they read and write, and how long they may take.
SELECT format('ALTER ROLE CURRENT_USER SET %I = %L', name, CASE name WHEN 'TimeZone' THEN 'UTC' ELSE boot_val END), name FROM pg_settings
WHERE name IN ('DateStyle', 'IntervalStyle', 'TimeZone', 'array_nulls', 'backslash_quote', 'bytea_output', 'check_function_bodies',
               'client_min_messages', 'default_table_access_method', 'default_tablespace', 'default_transaction_deferrable',
               'default_transaction_isolation', 'default_transaction_read_only', 'extra_float_digits', 'idle_session_timeout',
               'quote_all_identifiers', 'row_security', 'session_replication_role', 'standard_conforming_strings',
               'transaction_timeout', 'transform_null_equals', 'xmlbinary', 'xmloption')
