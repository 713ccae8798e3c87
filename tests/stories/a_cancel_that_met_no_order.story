# A cancel ends its order for good: it is asked for anew when the route is back, and nothing is resent.
# Shows fault 62.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  intent buy 20 SPY limit 500.00
        > received I2 buy 20 SPY @500 day as number 2 of sma, until 16:00:03
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 20 SPY @500 day reserved 10000 send by 09:30:33
09:30:04  cancel C1 by alice
        > cancel requested C1 as R1 by alice
09:30:04  cancel C2 by alice
        > cancel requested C2 as R2 by alice
09:30:05  delivery C1 unknown timed out
        > in doubt C1 timed out
09:30:06  report R1 cancel_rejected orig C1
        > reported R1 cancel_rejected
09:30:07  look C1
        > C1 pending_new in doubt filled 0 leaves 10
09:30:08  disconnect paper line is cut
        > route paper down: line is cut
09:30:20  connect paper cash 100000
        > compared PAPER-1 (connect): missing_order PAPER-1/C1 book 10 statement 0
# Nothing goes out before two looks were alike, whatever they show.
09:30:22  connect paper cash 100000
        > compared PAPER-1 (connect): missing_order PAPER-1/C1 book 10 statement 0
        > break missing_order PAPER-1/C1 book 10 statement 0
        > route paper up
        > cancel requested C1 as R3 by alice
        > cancel requested C2 as R4 by alice
09:30:23  delivery C1 never_left found in no broker record
        > never left C1 found in no broker record
        > refused I1 at dispatch OMS_CANCELED: by alice
09:30:24  report R4 canceled orig C2
        > reported R4 canceled
        > finished C2
09:30:25  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 0
