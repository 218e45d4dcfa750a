DROP EXTENSION pageinspect;
