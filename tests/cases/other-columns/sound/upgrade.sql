CREATE INDEX goods_label ON goods (label);
