# Eligible strategies go by themselves while a window is open; all else waits for people.
09:30:00  session XNYS trading closes 16:00
        > session XNYS trading
09:30:01  quote SPY 499.99 500.01
09:30:02  settings promotion hybrid eligible sma,call_debit_spread window 09:31-09:33
        > settings at 13:30:02Z mode paper
09:30:03  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:03
        > passed I1 through risk
        > held I1 at route POLICY_NEEDS_APPROVAL needs approval, window:XNYS, settings until 09:31:00
09:30:04  intent buy 7 SPY limit 500.00 by other
        > received I2 buy 7 SPY @500 day as number 1 of other, until 16:00:04
        > passed I2 through risk
        > held I2 at route POLICY_NEEDS_APPROVAL needs approval, settings
# The window opens: the gates are asked again, about the market of now.
09:30:58  quote SPY 499.99 500.01
09:31:00  tick
        > route paper for I1 by window morning
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000.1 send by 09:31:30
09:31:10  intent buy 5 SPY limit 500.00
        > received I3 buy 5 SPY @500 day as number 2 of sma, until 16:01:10
        > route paper for I3 by window morning
        > passed I3 through dispatch
        > submitted C2 for I3 buy 5 SPY @500 day reserved 2500.05 send by 09:31:40
# What the desk finds goes by itself too, where its structure is eligible.
09:31:12  quote SPY260918C00500000 9.90 10.10
09:31:12  quote SPY260918C00510000 4.90 5.10
09:31:13  combo 1 buy:SPY260918C00500000 sell:SPY260918C00510000 limit 5.20 by desk key K1
        > received I4 1 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5.2 day key K1 of desk, until 16:01:13
        > route paper for I4 by window morning
        > passed I4 through dispatch
        > submitted C3 for I4 1 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5.2 day reserved 1500 send by 09:31:43
09:31:14  combo 1 sell:SPY260918C00500000 buy:SPY260918C00510000 limit -4.80 by desk key K2
        > received I5 1 of sell:SPY260918C00500000x1 buy:SPY260918C00510000x1 @-4.8 day key K2 of desk, until 16:01:14
        > passed I5 through risk
        > held I5 at route POLICY_NEEDS_APPROVAL needs approval, settings
# It closes; what comes now waits for the next one, or for a person.
09:33:00  quote SPY 499.99 500.01
09:33:01  intent buy 2 SPY limit 500.00
        > received I6 buy 2 SPY @500 day as number 3 of sma, until 16:03:01
        > passed I6 through risk
        > held I6 at route POLICY_NEEDS_APPROVAL needs approval, window:XNYS, settings
09:33:02  approve I6 by alice
        > approved I6 by alice until 10:33:02 reserved 1000.02
        > route paper for I6
        > passed I6 through dispatch
        > submitted C4 for I6 buy 2 SPY @500 day reserved 1000.02 send by 09:33:32
# Lower limits bind at once: what waits is refused when it walks, and a yes is void.
09:33:05  settings mode stage
        > settings at 13:33:05Z mode stage
        > passed I5 through validation
        > held I5 at risk RISK_STALE_DATA needs quote:SPY260918C00500000 (stale_quote PAUSE 113 against 15)
09:33:06  intent buy 9 SPY limit 500.00
        > received I7 buy 9 SPY @500 day as number 4 of sma, until 16:03:06
        > passed I7 through risk
        > held I7 at route POLICY_STAGED needs approval, settings
09:33:07  approve I7 by alice
        > approved I7 by alice until 10:33:07 reserved 4500.09
09:33:08  intent buy 3 SPY limit 500.00
        > received I8 buy 3 SPY @500 day as number 5 of sma, until 16:03:08
        > passed I8 through risk
        > held I8 at route POLICY_STAGED needs approval, settings
09:33:09  approve I8 by alice
        > approved I8 by alice until 10:33:09 reserved 1500.03
09:33:10  settings mode paper order_qty_max 8
        > settings at 13:33:10Z mode paper
        > approval of I7 lapsed POLICY_OTHER_SETTINGS: other limits: at 13:33:10Z
        > approval of I8 lapsed POLICY_OTHER_SETTINGS: other limits: at 13:33:10Z
        > passed I7 through validation
        > refused I7 at risk RISK_ORDER_QUANTITY (order_quantity BLOCK 9 against 8)
# Two people must say yes; the market runs away from the first of them.
09:33:11  settings approvers_min 2
        > settings at 13:33:11Z mode paper
09:33:12  approve I8 by alice
        > approved I8 by alice until 10:33:12 reserved 1500.03
09:33:13  approve I8 by alice
        > approval refused I8 POLICY_SAME_APPROVER
09:33:14  quote SPY 560 560.02
09:33:15  approve I8 by bob
        > approval of I8 lapsed POLICY_OTHER_PRICE: the market's price is 560.01, and was 500
        > approved I8 by bob until 10:33:15 reserved 1680.06
09:33:16  quote SPY 499.99 500.01
09:33:17  approve I8 by alice
        > approval of I8 lapsed POLICY_OTHER_PRICE: the market's price is 500, and was 560.01
        > approved I8 by alice until 10:33:17 reserved 1500.03
09:33:18  approve I8 by bob
        > approved I8 by bob until 10:33:17 reserved 1500.03
        > route paper for I8
        > passed I8 through dispatch
        > submitted C5 for I8 buy 3 SPY @500 day reserved 1500.03 send by 09:33:48
