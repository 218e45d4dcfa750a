ALTER TABLE crm.users RENAME COLUMN name TO full_name;
