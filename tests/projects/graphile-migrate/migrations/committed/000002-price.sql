--! Previous: sha1:3621feb67be4625c7cf032b109a54b6ca117d2fe
--! Hash: sha1:ba789dd1915979d423e18021c5a70a3a9c57ef47
--! Message: price

ALTER TABLE items ADD price numeric(10, 2);
