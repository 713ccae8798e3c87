# A broker says a fill twice, then again with other numbers: it is booked once.
# Shows fault 54.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  report C1 trade X1 4 @500.00
        > reported C1 trade X1 4 @500
        > booked C1 X1 sma SPY +4 @500 cash -2000 cost +2000
09:30:04  report C1 trade X1 4 @500.00
        > ignored C1 trade X1 4 @500 OMS_DUPLICATE_EXECUTION
09:30:05  report C1 trade X1 5 @500.00
        > ignored C1 trade X1 5 @500 OMS_CONFLICTING_EXECUTION
        > halted SPY OMS_CONFLICTING_EXECUTION
09:30:06  report C1 new
        > ignored C1 new OMS_NOTHING_NEW
09:30:07  look C1
        > C1 partially_filled filled 4 at 500 leaves 6
09:30:08  report C1 trade X2 6 @500.00
        > reported C1 trade X2 6 @500
        > booked C1 X2 sma SPY +6 @500 cash -3000 cost +3000
        > finished C1
09:30:09  report C1 trade X2 6 @500.00
        > ignored C1 trade X2 6 @500 OMS_DUPLICATE_EXECUTION
09:30:10  look sma SPY
        > sma holds 10 SPY cost 5000 realized 0
