# No old clearance is trusted: a limit that was lowered while it waited still binds.
# Shows fault 90.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:00  quote SPY 499.98 500.00
09:30:01  settings promotion manual
        > settings at 13:30:01Z mode paper
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > passed I1 through risk
        > held I1 at route POLICY_NEEDS_APPROVAL needs approval, settings
09:30:02  intent buy 9 SPY limit 500.00
        > received I2 buy 9 SPY @500 day as number 2 of sma, until 16:00:02
        > passed I2 through risk
        > held I2 at route POLICY_NEEDS_APPROVAL needs approval, settings
09:30:02  intent buy 8 SPY limit 500.00 ttl 60
        > received I3 buy 8 SPY @500 day as number 3 of sma, until 09:31:02
        > passed I3 through risk
        > held I3 at route POLICY_NEEDS_APPROVAL needs approval, settings
09:30:03  settings promotion manual order_qty_max 9
        > settings at 13:30:03Z mode paper
        > passed I1 through validation
        > refused I1 at risk RISK_ORDER_QUANTITY (order_quantity BLOCK 10 against 9)
09:30:04  approve I1 by alice
        > approval refused I1 RISK_ORDER_QUANTITY
# A yes survives a missing quote, and needs one to be given.
09:30:20  approve I2 by alice
        > approved I2 by alice until 10:30:20 reserved 4500
        > passed I2 through validation
        > held I2 at risk RISK_STALE_DATA needs quote:SPY (stale_quote PAUSE 20 against 15)
09:30:21  quote SPY 499.98 500.00
09:30:22  fact quote:SPY
        > route paper for I2
        > passed I2 through dispatch
        > submitted C1 for I2 buy 9 SPY @500 day reserved 4500 send by 09:30:52
09:30:23  approve I2 by alice
        > approval refused I2 POLICY_APPROVAL_USED
09:30:24  latch flag file
09:30:24  kill on by carol enough
        > kill switch on by carol: enough
        > cancel requested C1 as R1 by kill by carol
        > refused I3 at route RISK_KILL_SWITCH: enough
