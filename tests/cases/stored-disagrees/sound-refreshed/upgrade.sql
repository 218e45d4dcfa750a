UPDATE sales SET region = upper(region);
REFRESH MATERIALIZED VIEW region_totals;
