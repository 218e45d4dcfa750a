UPDATE sales SET region = upper(region);
