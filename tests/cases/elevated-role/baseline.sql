CREATE ROLE case_clerk;
