-- The same from the catalogue itself, for a role that has been granted its columns without values.
SELECT DISTINCT ON (s.starelid, s.staattnum) s.starelid AS relation, s.staattnum AS number, s.stanullfrac AS nulls,
       s.stadistinct AS distinct,
       CASE 3 WHEN s.stakind1 THEN s.stanumbers1[1] WHEN s.stakind2 THEN s.stanumbers2[1] WHEN s.stakind3 THEN s.stanumbers3[1]
              WHEN s.stakind4 THEN s.stanumbers4[1] WHEN s.stakind5 THEN s.stanumbers5[1] END AS correlation,
       s.stawidth AS width, NULL AS common, NULL AS shares, NULL AS histogram
FROM pg_statistic s WHERE s.starelid >= 16384
ORDER BY s.starelid, s.staattnum, s.stainherit
