# The answer to a change was lost, but its new id trades: it was made, and nothing is overfilled.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:00  session 24/7 trading
        > session 24/7 trading
09:30:01  quote SPY 499.99 500.01
09:30:02  intent buy 5 SPY limit 499.00
        > received I1 buy 5 SPY @499 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 5 SPY @499 day reserved 2500.05 send by 09:30:32
09:30:04  report C1 new
        > reported C1 new
09:30:05  replace C1 by alice qty 16
        > change requested C1 as R1 by alice: buy 16 SPY @499 day reserved 8000.16
09:30:06  report R1 trade X1 15 @499.00
        > reported R1 replaced
        > reported R1 trade X1 15 @499
        > booked C1 X1 sma SPY +15 @499 cash -7485 cost +7485
09:30:06  look C1
        > C1 partially_filled filled 15 at 499 leaves 1
09:30:06  look account
        > cash 92515 realized 0 fees 0 equity 100000 reserved 500.01
# Late as it is, the answer says nothing new.
09:30:07  report R1 replaced orig C1 qty 16
        > ignored R1 replaced OMS_NOTHING_NEW
09:30:08  report R1 trade X2 1 @499.00
        > reported R1 trade X2 1 @499
        > booked C1 X2 sma SPY +1 @499 cash -499 cost +499
        > finished C1
09:30:08  look C1
        > C1 filled filled 16 at 499 leaves 0
