-- How each way out was connected, hour by hour: the weakest strength (dBm), and 1 where it was bad at some moment.
CREATE TABLE IF NOT EXISTS signal_hours (
    id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    low INTEGER,
    bad INTEGER NOT NULL,
    PRIMARY KEY (id, hour)
) WITHOUT ROWID;
