CREATE TABLE polls (queue text PRIMARY KEY, json_data text NOT NULL);
