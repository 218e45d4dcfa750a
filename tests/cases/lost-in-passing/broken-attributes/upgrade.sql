CREATE OR REPLACE FUNCTION door_label(text) RETURNS text LANGUAGE sql AS $$ SELECT 'door ' || trim($1) $$;
