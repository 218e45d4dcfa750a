CREATE OR REPLACE FUNCTION fee(amount integer, rate numeric DEFAULT 0.1) RETURNS numeric LANGUAGE sql IMMUTABLE AS
    $$ SELECT amount * rate $$;
