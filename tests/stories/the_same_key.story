# Send pressed twice: the same key and body is one order; another body is refused, the first stays.
# Shows fault 93.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00 key K1 by cli
        > received I1 buy 10 SPY @500 day key K1 of cli, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  intent buy 10 SPY limit 500.00 key K1 by cli
        > nothing
09:30:04  intent buy 11 SPY limit 500.00 key K1 by cli
        > conflict key K1 is I1: buy 11 SPY @500 day
09:30:05  report C1 trade X1 10 @500.00
        > reported C1 trade X1 10 @500
        > booked C1 X1 cli SPY +10 @500 cash -5000 cost +5000
        > finished C1
09:30:06  intent buy 10 SPY limit 500.00 key K1 by cli
        > nothing
09:30:07  intent buy 10 SPY limit 500.00 by cli
        > received I2 buy 10 SPY @500 day as number 1 of cli, until 16:00:07
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 10 SPY @500 day reserved 5000 send by 09:30:37
09:30:08  intent buy 10 SPY limit 500.00 by cli
        > received I3 buy 10 SPY @500 day as number 2 of cli, until 16:00:08
        > route paper for I3
        > passed I3 through dispatch
        > submitted C3 for I3 buy 10 SPY @500 day reserved 5000 send by 09:30:38
