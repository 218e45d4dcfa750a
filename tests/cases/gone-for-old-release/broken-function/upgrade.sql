ALTER FUNCTION tax_of(integer) RENAME TO vat_of;
