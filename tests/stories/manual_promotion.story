# A person must approve: the intent waits at stage 4, and other settings let it walk again.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  settings promotion manual
        > settings at 13:30:02Z mode paper
09:30:03  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:03
        > passed I1 through risk
        > held I1 at route POLICY_NEEDS_APPROVAL needs approval, settings
09:30:04  intent buy 20 SPY limit 500.00
        > received I2 buy 20 SPY @500 day as number 2 of sma, until 16:00:04
        > passed I2 through risk
        > held I2 at route POLICY_NEEDS_APPROVAL needs approval, settings
09:30:05  cancel I1 by alice
        > refused I1 at route OMS_CANCELED: by alice
09:30:06  settings promotion disabled order_qty_max 50
        > settings at 13:30:06Z mode paper
        > route paper for I2
        > passed I2 through dispatch
        > submitted C1 for I2 buy 20 SPY @500 day reserved 10000 send by 09:30:36
09:30:07  intent buy 1 SPY limit 500.00 by desk
        > received I3 buy 1 SPY @500 day as number 1 of desk, until 16:00:07
        > passed I3 through risk
        > held I3 at route POLICY_NEEDS_APPROVAL needs approval, settings
09:30:08  settings promotion auto_window
        > settings at 13:30:08Z mode paper
        > passed I3 through risk
        > refused I3 at route POLICY_NOT_AUTO_ELIGIBLE: desk is not eligible
09:30:09  intent buy 2 SPY limit 500.00
        > received I4 buy 2 SPY @500 day as number 3 of sma, until 16:00:09
        > passed I4 through risk
        > refused I4 at route POLICY_NOT_AUTO_ELIGIBLE: sma is not eligible
