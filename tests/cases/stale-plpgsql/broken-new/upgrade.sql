CREATE FUNCTION forget(who integer) RETURNS void LANGUAGE plpgsql AS
$$ BEGIN
    UPDATE members SET email = NULL WHERE id = who;
END $$;
