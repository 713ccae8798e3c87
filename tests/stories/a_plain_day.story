# A plain day: buy, fill, sell higher, and the money is there at the end.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  report C1 new
        > reported C1 new
09:30:04  report C1 trade X1 10 @500.00 fee 1
        > reported C1 trade X1 10 @500
        > booked C1 X1 sma SPY +10 @500 cash -5001 cost +5000 fee 1
        > finished C1
09:30:05  look sma SPY
        > sma holds 10 SPY cost 5000 realized 0
09:45:00  mark SPY 504.99 505.01
        > marked SPY 505
09:45:00  look account
        > cash 94999 realized 0 fees 1 equity 100049 reserved 0
10:00:00  quote SPY 510.00 510.02
10:00:01  intent sell 10 SPY
        > received I2 sell 10 SPY day as number 2 of sma, until 16:30:01
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 sell 10 SPY day reserved 0 send by 10:00:31
10:00:02  report C2 trade X2 10 @510.00 fee 1
        > reported C2 trade X2 10 @510
        > booked C2 X2 sma SPY -10 @510 cash +5099 cost -5000 fee 1 realized +100
        > finished C2
10:00:03  look sma SPY
        > sma holds 0 SPY cost 0 realized 100
10:00:04  look account
        > cash 100098 realized 100 fees 2 equity 100098 reserved 0
16:00:00  session XNYS post_market
        > session XNYS post_market
16:00:01  connect paper cash 100098
        > compared PAPER-1 (connect) matched 2: no difference
        > route paper up
