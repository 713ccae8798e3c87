# A working order is changed: asked as the order it would be, with the worse of both risks reserved.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:00  session 24/7 trading
        > session 24/7 trading
09:30:01  quote SPY 499.99 500.01
09:30:02  intent buy 10 SPY limit 499.00
        > received I1 buy 10 SPY @499 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @499 day reserved 5000.1 send by 09:30:32
09:30:03  replace C1 by alice qty 20
        > change refused C1 RISK_IN_DOUBT
09:30:04  report C1 new
        > reported C1 new
09:30:05  replace C1 by alice qty 10
        > change refused C1 OMS_NOTHING_TO_CHANGE
09:30:06  replace C1 by alice qty 0
        > change refused C1 VALIDATION_QUANTITY
09:30:07  replace C1 by alice limit 499.005
        > change refused C1 VALIDATION_OFF_TICK
09:30:08  replace C1 by alice qty 20 limit 499.50
        > change requested C1 as R1 by alice: buy 20 SPY @499.5 day reserved 10000.2
09:30:08  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 10000.2
09:30:09  replace C1 by alice qty 30
        > change refused C1 OMS_PENDING_REQUEST
09:30:10  report C1 trade X1 4 @499.00
        > reported C1 trade X1 4 @499
        > booked C1 X1 sma SPY +4 @499 cash -1996 cost +1996
09:30:11  report R1 replaced orig C1 qty 20
        > reported R1 replaced
09:30:11  look C1
        > C1 partially_filled filled 4 at 499 leaves 16
09:30:11  look account
        > cash 98004 realized 0 fees 0 equity 100000 reserved 8000.16
# A fill that crossed the change names the old id, and counts all the same.
09:30:12  report C1 trade X2 2 @499.00
        > reported C1 trade X2 2 @499
        > booked C1 X2 sma SPY +2 @499 cash -998 cost +998
09:30:12  look C1
        > C1 partially_filled filled 6 at 499 leaves 14
09:30:13  report R1 replaced orig C1 qty 20
        > ignored R1 replaced OMS_NOTHING_NEW
# More than the buying power allows, or after the close: the order stays as it is.
09:30:14  replace C1 by alice qty 5000
        > change refused C1 RISK_ORDER_NOTIONAL (order_notional BLOCK 2500050 against 50000; buying_power BLOCK 2497049.94 against 97006; cash_buffer BLOCK 2497049.94 against 97006; margin_use BLOCK 1250021.97 against 100000; trade_loss BLOCK 124852.497 against 100000; order_risk BLOCK 124852.497 against 100000; heat BLOCK 125002.197 against 100000; day_risk BLOCK 125002.5 against 100000)
09:30:15  replace C1 by alice qty 6
        > change refused C1 OMS_NOTHING_TO_CHANGE
09:30:16  replace C1 by alice qty 90 limit 495.00
        > change requested R1 as R2 by alice: buy 90 SPY @495 day reserved 42000.84
09:30:17  report R2 cancel_rejected orig R1
        > reported R2 cancel_rejected
09:30:17  look account
        > cash 97006 realized 0 fees 0 equity 100000 reserved 7000.14
09:30:18  quote SPY 499.99 500.01
09:30:18  quote IBM 199.98 200.02
09:30:18  replace C1 by alice qty 8
        > change requested R1 as R3 by alice: buy 8 SPY @499.5 day reserved 1000.02
09:30:19  delivery R3 never_left not connected
        > change refused R1 ADAPTER_NEVER_LEFT
09:30:20  replace C1 by alice qty 8
        > change requested R1 as R4 by alice: buy 8 SPY @499.5 day reserved 1000.02
09:30:21  report R4 replaced orig R1 qty 8
        > reported R4 replaced
09:30:22  report R4 trade X3 2 @499.40
        > reported R4 trade X3 2 @499.4
        > booked C1 X3 sma SPY +2 @499.4 cash -998.8 cost +998.8
        > finished C1
09:30:22  look account
        > cash 96007.2 realized 0 fees 0 equity 100002.4 reserved 0
09:30:23  replace C1 by alice qty 9
        > change refused C1 VALIDATION_UNKNOWN_ORDER
# One sweep takes all back: what works, and what only waits.
09:30:24  intent buy 5 SPY limit 499.00
        > received I2 buy 5 SPY @499 day as number 2 of sma, until 16:00:24
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 5 SPY @499 day reserved 2500.05 send by 09:30:54
09:30:25  latch test
09:30:25  intent buy 5 IBM
        > received I3 buy 5 IBM day as number 3 of sma, until 16:00:25
        > passed I3 through validation
        > refused I3 at risk RISK_KILL_SWITCH (kill_switch BLOCK)
09:30:25  latch off
09:30:26  disconnect paper gone
        > route paper down: gone
09:30:26  intent buy 7 IBM limit 199
        > received I4 buy 7 IBM @199 day as number 4 of sma, until 16:00:26
        > passed I4 through intake
        > held I4 at validation ADAPTER_UNAVAILABLE needs route:paper
09:30:26  cancel-all by alice IBM
        > refused I4 at validation OMS_CANCELED: by alice
09:30:27  cancel-all by alice
        > cancel requested C2 as R5 by alice
