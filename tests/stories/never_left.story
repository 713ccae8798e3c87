# Proof that an order never left: its intent walks again from stage 1 and gets another id.
# Shows fault 76.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  delivery C1 never_left socket was closed
        > never left C1 socket was closed
        > route paper for I1
        > passed I1 through dispatch
        > submitted C2 for I1 buy 10 SPY @500 day attempt 2 reserved 5000 send by 09:30:33
09:30:04  report C2 new
        > reported C2 new
09:30:05  delivery C2 never_left too late: the broker has answered
        > nothing
09:30:06  look C1
        > C1 rejected filled 0 leaves 0
09:30:07  report C1 rejected
        > ignored C1 rejected OMS_NO_SUCH_TRANSITION
09:30:08  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 5000
09:30:09  intent buy 1 SPY limit 500.00
        > received I2 buy 1 SPY @500 day as number 2 of sma, until 16:00:09
        > route paper for I2
        > passed I2 through dispatch
        > submitted C3 for I2 buy 1 SPY @500 day reserved 500 send by 09:30:39
09:30:10  delivery C3 never_left
        > never left C3
        > route paper for I2
        > passed I2 through dispatch
        > submitted C4 for I2 buy 1 SPY @500 day attempt 2 reserved 500 send by 09:30:40
09:30:11  delivery C4 never_left
        > never left C4
        > route paper for I2
        > passed I2 through dispatch
        > submitted C5 for I2 buy 1 SPY @500 day attempt 3 reserved 500 send by 09:30:41
09:30:12  delivery C5 never_left
        > never left C5
        > route paper for I2
        > passed I2 through dispatch
        > submitted C6 for I2 buy 1 SPY @500 day attempt 4 reserved 500 send by 09:30:42
09:30:13  delivery C6 never_left
        > never left C6
        > route paper for I2
        > passed I2 through route
        > refused I2 at dispatch ADAPTER_UNDELIVERED: 4 attempts in a row never left
09:30:14  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 5000
