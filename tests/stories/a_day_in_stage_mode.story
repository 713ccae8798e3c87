# Nothing is sent in stage mode: what passes the gates waits, and a yes waits for another mode.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:00  quote SPY 499.98 500.00
09:30:01  settings mode stage approval_ttl_s 20
        > settings at 13:30:01Z mode stage
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > passed I1 through risk
        > held I1 at route POLICY_STAGED needs approval, settings
09:30:03  intent buy 100000 SPY limit 500.00
        > received I2 buy 100000 SPY @500 day as number 2 of sma, until 16:00:03
        > passed I2 through validation
        > refused I2 at risk RISK_ORDER_QUANTITY (order_quantity BLOCK 100000 against 10000; order_notional BLOCK 50000000 against 50000; buying_power BLOCK 50000000 against 100000; cash_buffer BLOCK 50000000 against 100000; margin_use BLOCK 25000000 against 100000; trade_loss BLOCK 2500000 against 100000; order_risk BLOCK 2500000 against 100000; heat BLOCK 2500000 against 100000; day_risk BLOCK 2500000 against 100000)
09:30:04  intent buy 80 SPY limit 500.00
        > received I3 buy 80 SPY @500 day as number 3 of sma, until 16:00:04
        > passed I3 through risk
        > held I3 at route POLICY_STAGED needs approval, settings
09:30:05  intent buy 3 SPY limit 500.00
        > received I4 buy 3 SPY @500 day as number 4 of sma, until 16:00:05
        > passed I4 through risk
        > held I4 at route POLICY_STAGED needs approval, settings
# A yes names the content; it reserves, and others count it.
09:30:06  approve I1 by alice digest SOMETHING-ELSE
        > approval refused I1 POLICY_OTHER_DIGEST
09:30:06  approve I1 by alice
        > approved I1 by alice until 09:30:26 reserved 5000
09:30:06  approve I2 by alice
        > approval refused I2 POLICY_NOT_A_DRAFT
09:30:07  approve I3 by alice
        > approved I3 by alice until 09:30:27 reserved 40000
09:30:08  intent buy 99 SPY limit 500.00
        > received I5 buy 99 SPY @500 day as number 5 of sma, until 16:00:08
        > passed I5 through risk
        > held I5 at route POLICY_STAGED needs approval, settings
09:30:08  approve I5 by alice
        > approved I5 by alice until 09:30:28 reserved 49500
09:30:08  intent buy 20 SPY limit 500.00
        > received I6 buy 20 SPY @500 day as number 6 of sma, until 16:00:08
        > passed I6 through validation
        > refused I6 at risk RISK_BUYING_POWER (buying_power BLOCK 10000 against 5500; cash_buffer BLOCK 10000 against 5500)
09:30:08  reject I4 by bob too late in the day
        > refused I4 at route POLICY_REJECTED: by bob: too late in the day
09:30:08  reject I4 by bob again
        > approval refused I4 POLICY_REJECTED
# It ends by time.
09:30:10  tick
        > nothing
09:30:26  tick
        > approval of I1 lapsed POLICY_APPROVAL_EXPIRED: it held until 2026-08-24 13:30:26Z
09:30:28  tick
        > approval of I3 lapsed POLICY_APPROVAL_EXPIRED: it held until 2026-08-24 13:30:27Z
        > approval of I5 lapsed POLICY_APPROVAL_EXPIRED: it held until 2026-08-24 13:30:28Z
09:30:28  quote SPY 499.98 500.00
09:30:29  approve I1 by carol
        > approved I1 by carol until 09:30:49 reserved 5000
# Another mode lets the approved go, through every gate afresh; the rest still needs a person.
09:30:30  settings mode paper
        > settings at 13:30:30Z mode paper
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:31:00
09:30:32  approve I3 by carol
        > approved I3 by carol until 09:30:52 reserved 40000
        > route paper for I3
        > passed I3 through dispatch
        > submitted C2 for I3 buy 80 SPY @500 day reserved 40000 send by 09:31:02
# A yes is for one order.
09:30:33  delivery C2 never_left connection refused
        > never left C2 connection refused
        > passed I3 through risk
        > held I3 at route POLICY_NEEDS_APPROVAL needs approval, settings
09:30:34  settings staging off
        > settings at 13:30:34Z mode paper
        > passed I5 through risk
        > refused I5 at route POLICY_NEEDS_APPROVAL: staging is off
        > passed I3 through risk
        > refused I3 at route POLICY_NEEDS_APPROVAL: staging is off
09:30:35  intent buy 1 SPY limit 500.00 by desk
        > received I7 buy 1 SPY @500 day as number 1 of desk, until 16:00:35
        > passed I7 through risk
        > refused I7 at route POLICY_NEEDS_APPROVAL: staging is off
