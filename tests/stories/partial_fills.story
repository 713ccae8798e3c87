# Partial fills: each is booked, the status follows, and the reservation shrinks with them.
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
09:30:03  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 5000
09:30:04  report C1 trade X1 4 @499.99
        > reported C1 trade X1 4 @499.99
        > booked C1 X1 sma SPY +4 @499.99 cash -1999.96 cost +1999.96
09:30:05  look C1
        > C1 partially_filled filled 4 at 499.99 leaves 6
09:30:05  look account
        > cash 98000.04 realized 0 fees 0 equity 100000 reserved 3000
09:30:06  report C1 trade X2 3 @500.00
        > reported C1 trade X2 3 @500
        > booked C1 X2 sma SPY +3 @500 cash -1500 cost +1500
09:30:07  report C1 trade X3 3 @500.00
        > reported C1 trade X3 3 @500
        > booked C1 X3 sma SPY +3 @500 cash -1500 cost +1500
        > finished C1
09:30:08  look C1
        > C1 filled filled 10 at 499.996 leaves 0
09:30:08  look account
        > cash 95000.04 realized 0 fees 0 equity 100000.04 reserved 0
