# What nobody asked for: cancels, an end for the day, a restatement, and fills beyond them.
# Shows fault 63.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 499.00
        > received I1 buy 10 SPY @499 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @499 day reserved 5000 send by 09:30:32
09:30:03  report C1 new
        > reported C1 new
09:30:04  report C1 trade X1 4 @499.00
        > reported C1 trade X1 4 @499
        > booked C1 X1 sma SPY +4 @499 cash -1996 cost +1996
09:30:05  report C1 canceled
        > reported C1 canceled
        > finished C1
09:30:06  look C1
        > C1 canceled filled 4 at 499 leaves 0
# Filled beyond what was ordered, after the cancel: the position follows the broker.
09:30:07  report C1 trade X2 7 @499.00
        > reported C1 trade X2 7 @499
        > booked C1 X2 sma SPY +7 @499 cash -3493 cost +3493
        > halted SPY OMS_OVERFILL
        > finished C1
09:30:08  look C1
        > C1 filled filled 11 at 499 leaves 0
09:30:08  look sma SPY
        > sma holds 11 SPY cost 5489 realized 0
09:30:09  clear SPY by alice the broker is right
        > cleared SPY by alice: the broker is right
# A day order is done for the day, a good-till-cancelled one goes on the next morning.
09:31:00  quote SPY 499.98 500.00
09:31:01  intent buy 11 SPY limit 499.00
        > received I2 buy 11 SPY @499 day as number 2 of sma, until 16:01:01
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 11 SPY @499 day reserved 5500 send by 09:31:31
09:31:01  intent buy 12 SPY limit 498.00 tif gtc
        > received I3 buy 12 SPY @498 gtc as number 3 of sma, until 16:01:01
        > route paper for I3
        > passed I3 through dispatch
        > submitted C3 for I3 buy 12 SPY @498 gtc reserved 6000 send by 09:31:31
09:31:02  report C2 new
        > reported C2 new
09:31:02  report C3 new
        > reported C3 new
09:31:03  report C2 done_for_day
        > reported C2 done_for_day
        > finished C2
09:31:04  report C3 done_for_day
        > reported C3 done_for_day
09:31:05  look C2
        > C2 done_for_day filled 0 leaves 0
09:31:05  look C3
        > C3 done_for_day filled 0 leaves 12
09:31:06  report C2 expired
        > reported C2 expired
09:31:07  report C2 trade X3 1 @499.00
        > reported C2 trade X3 1 @499
        > booked C2 X3 sma SPY +1 @499 cash -499 cost +499
        > finished C2
09:31:08  report C3 restated qty 6
        > reported C3 restated
09:31:09  look C3
        > C3 new filled 0 leaves 6
09:31:10  report C3 trade X4 6 @498.00
        > reported C3 trade X4 6 @498
        > booked C3 X4 sma SPY +6 @498 cash -2988 cost +2988
        > finished C3
09:31:11  look C3
        > C3 filled filled 6 at 498 leaves 0
# A bust opens it again; it is finished only by what the broker says next.
09:31:12  report C3 trade_cancel X5 ref X4
        > reported C3 trade_cancel X5
        > booked C3 X5 sma SPY -6 @498 cash +2988 cost -2988
09:31:13  look C3
        > C3 new filled 0 leaves 6
09:31:14  report C3 canceled
        > reported C3 canceled
        > finished C3
09:31:15  look C3
        > C3 canceled filled 0 leaves 0
# The venue takes an order back that it had accepted, and says no more of it.
09:32:00  quote SPY 499.98 500.00
09:32:01  intent buy 13 SPY limit 499.00
        > received I4 buy 13 SPY @499 day as number 4 of sma, until 16:02:01
        > route paper for I4
        > passed I4 through dispatch
        > submitted C4 for I4 buy 13 SPY @499 day reserved 6500 send by 09:32:31
09:32:02  report C4 new
        > reported C4 new
09:32:03  report C4 suspended
        > reported C4 suspended
09:32:04  report C4 rejected
        > reported C4 rejected
        > finished C4
09:32:05  report C4 canceled
        > ignored C4 canceled OMS_NO_SUCH_TRANSITION
09:32:06  look C4
        > C4 rejected filled 0 leaves 0
09:32:07  look account
        > cash 94012 realized 0 fees 0 equity 99988 reserved 0
