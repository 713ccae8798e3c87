"""What do TWS and a client say to each other? Every message by its fields, for versions 157 to 178.

The names are those of the vendor's own documents, written in our style. What stands after `=` is
what a real server was seen to send where an order does not use a field.
"""

from typing import Final

from tests.fakes.tws.layout import Layout

UNSET: Final = "1.7976931348623157E308"
NO_NUMBER: Final = "2147483647"
NO_LONG: Final = "9223372036854775807"

# What describes a contract, in the order that most messages share.
_CONTRACT: Final = """
    con_id symbol sec_type expiry strike=0 right multiplier exchange currency local_symbol
    trading_class
"""
_ASKED_CONTRACT: Final = """
    con_id symbol sec_type expiry strike right multiplier exchange primary_exchange currency
    local_symbol trading_class
"""
_LEGS: Final = """
    legs[con_id ratio action exchange open_close short_sale_slot designated_location exempt_code]
    leg_prices[price] routing[tag value]
"""
_LEGS_OF_A_BAG: Final = """
    legs[con_id ratio action exchange open_close short_sale_slot designated_location
    exempt_code]?sec_type:BAG leg_prices[price]?sec_type:BAG routing[tag value]?sec_type:BAG
"""
_SCALE: Final = f"""
    scale_init_level_size={NO_NUMBER} scale_subs_level_size={NO_NUMBER} scale_price_increment
    scale_price_adjust_value?scale_price_increment scale_price_adjust_interval?scale_price_increment
    scale_profit_offset?scale_price_increment scale_auto_reset?scale_price_increment
    scale_init_position?scale_price_increment scale_init_fill_qty?scale_price_increment
    scale_random_percent?scale_price_increment
"""
_PEGGED: Final = """
    reference_contract_id?order_type:PEGBENCH is_pegged_decrease?order_type:PEGBENCH
    pegged_change_amount?order_type:PEGBENCH reference_change_amount?order_type:PEGBENCH
    reference_exchange_id?order_type:PEGBENCH
"""
_COMPETING: Final = """
    min_trade_qty>=170 min_compete_size>=170=100 compete_against_best_offset>=170=0.02
    mid_offset_at_whole>=170 mid_offset_at_half>=170
"""
_DELTA_NEUTRAL: Final = """
    has_delta_neutral_contract=0 delta_neutral_contract?has_delta_neutral_contract
    delta_neutral_delta?has_delta_neutral_contract delta_neutral_price?has_delta_neutral_contract
"""
_ALGO: Final = "algo_strategy algo_params[tag value]?algo_strategy"


class ByClient:
    """What a client says. The second field is a version of the request that no longer matters."""

    PLACE: Final = Layout(3, f"""
        order_id {_ASKED_CONTRACT} sec_id_type sec_id action total_quantity order_type lmt_price
        aux_price tif oca_group account open_close origin order_ref transmit parent_id block_order
        sweep_to_fill display_size trigger_method outside_rth hidden {_LEGS_OF_A_BAG}
        shares_allocation discretionary_amt good_after_time good_till_date fa_group fa_method
        fa_percentage fa_profile<177 model_code short_sale_slot designated_location exempt_code
        oca_type rule_80a settling_firm all_or_none min_qty percent_offset e_trade_only
        firm_quote_only nbbo_price_cap auction_strategy starting_price stock_ref_price delta
        stock_range_lower stock_range_upper override_percentage_constraints volatility
        volatility_type delta_neutral_order_type delta_neutral_aux_price
        delta_neutral_con_id?delta_neutral_order_type
        delta_neutral_settling_firm?delta_neutral_order_type
        delta_neutral_clearing_account?delta_neutral_order_type
        delta_neutral_clearing_intent?delta_neutral_order_type
        delta_neutral_open_close?delta_neutral_order_type
        delta_neutral_short_sale?delta_neutral_order_type
        delta_neutral_short_sale_slot?delta_neutral_order_type
        delta_neutral_designated_location?delta_neutral_order_type
        continuous_update reference_price_type trail_stop_price trailing_percent {_SCALE}
        scale_table active_start_time active_stop_time hedge_type hedge_param?hedge_type
        opt_out_smart_routing clearing_account clearing_intent not_held {_DELTA_NEUTRAL} {_ALGO}
        algo_id what_if misc_options solicited randomize_size randomize_price {_PEGGED}
        conditions_count adjusted_order_type trigger_price lmt_price_offset adjusted_stop_price
        adjusted_stop_limit_price adjusted_trailing_amount adjustable_trailing_unit ext_operator
        soft_dollar_tier_name soft_dollar_tier_value cash_qty mifid_decision_maker
        mifid_decision_algo mifid_execution_trader mifid_execution_algo
        dont_use_auto_price_for_hedge is_oms_container discretionary_up_to_limit_price
        use_price_mgmt_algo duration>=158 post_to_ats>=160 auto_cancel_parent>=162
        advanced_error_override>=166 manual_order_time>=169
    """)
    CANCEL: Final = Layout(4, "_ order_id manual_cancel_order_time>=169")
    OPEN_ORDERS: Final = Layout(5, "_")
    ACCOUNT_UPDATES: Final = Layout(6, "_ is_wanted account")
    EXECUTIONS: Final = Layout(7, """
        _ req_id client_id account time symbol sec_type exchange side
    """)
    IDS: Final = Layout(8, "_ count")
    CONTRACT_DETAILS: Final = Layout(9, f"""
        _ req_id {_ASKED_CONTRACT} include_expired sec_id_type sec_id issuer_id>=176
    """)
    SERVER_LOG_LEVEL: Final = Layout(14, "_ level")
    AUTO_OPEN_ORDERS: Final = Layout(15, "_ is_wanted")
    ALL_OPEN_ORDERS: Final = Layout(16, "_")
    MANAGED_ACCOUNTS: Final = Layout(17, "_")
    CURRENT_TIME: Final = Layout(49, "_")
    GLOBAL_CANCEL: Final = Layout(58, "_")
    POSITIONS: Final = Layout(61, "_")
    ACCOUNT_SUMMARY: Final = Layout(62, "_ req_id group tags")
    CANCEL_ACCOUNT_SUMMARY: Final = Layout(63, "_ req_id")
    CANCEL_POSITIONS: Final = Layout(64, "_")
    START_API: Final = Layout(71, "_ client_id optional_capabilities")
    ACCOUNT_UPDATES_MULTI: Final = Layout(76, "_ req_id account model_code ledger_and_nlv")
    CANCEL_ACCOUNT_UPDATES_MULTI: Final = Layout(77, "_ req_id")
    MARKET_RULE: Final = Layout(91, "rule_id")
    COMPLETED_ORDERS: Final = Layout(99, "is_api_only")


class ByServer:
    """What the server says."""

    ORDER_STATUS: Final = Layout(3, """
        order_id status filled remaining avg_fill_price perm_id parent_id=0 last_fill_price=0
        client_id why_held mkt_cap_price=0
    """)
    ERROR: Final = Layout(4, "_=2 req_id=-1 code text advanced_reject_json>=166")
    OPEN_ORDER: Final = Layout(5, f"""
        order_id {_CONTRACT} action total_quantity order_type lmt_price=0.0 aux_price=0.0 tif
        oca_group account open_close origin=0 order_ref client_id perm_id outside_rth=0 hidden=0
        discretionary_amt=0 good_after_time shares_allocation fa_group fa_method fa_percentage
        fa_profile<177 model_code good_till_date rule_80a percent_offset settling_firm
        short_sale_slot=0 designated_location exempt_code=-1 auction_strategy=0 starting_price
        stock_ref_price delta stock_range_lower stock_range_upper display_size={NO_NUMBER}
        block_order=0 sweep_to_fill=0 all_or_none=0 min_qty oca_type=3 e_trade_only=0
        firm_quote_only=0 nbbo_price_cap parent_id=0 trigger_method=0 volatility volatility_type=0
        delta_neutral_order_type=None delta_neutral_aux_price delta_neutral_con_id=0
        delta_neutral_settling_firm delta_neutral_clearing_account delta_neutral_clearing_intent
        delta_neutral_open_close=? delta_neutral_short_sale=0 delta_neutral_short_sale_slot=0
        delta_neutral_designated_location continuous_update=0 reference_price_type=0
        trail_stop_price trailing_percent basis_points basis_points_type legs_description {_LEGS}
        {_SCALE} hedge_type hedge_param?hedge_type opt_out_smart_routing=0 clearing_account
        clearing_intent=IB not_held=0 {_DELTA_NEUTRAL} {_ALGO} solicited=0 what_if=0 status
        init_margin_before={UNSET} maint_margin_before={UNSET} equity_with_loan_before={UNSET}
        init_margin_change={UNSET} maint_margin_change={UNSET} equity_with_loan_change={UNSET}
        init_margin_after={UNSET} maint_margin_after={UNSET} equity_with_loan_after={UNSET}
        commission min_commission max_commission commission_currency warning_text randomize_size=0
        randomize_price=0 {_PEGGED} conditions_count=0 adjusted_order_type=None
        trigger_price={UNSET} adjusted_trail_stop_price={UNSET} lmt_price_offset={UNSET}
        adjusted_stop_price={UNSET} adjusted_stop_limit_price={UNSET}
        adjusted_trailing_amount={UNSET} adjustable_trailing_unit=0 soft_dollar_tier_name
        soft_dollar_tier_value soft_dollar_tier_display_name cash_qty=0
        dont_use_auto_price_for_hedge=1 is_oms_container=0 discretionary_up_to_limit_price=0
        use_price_mgmt_algo=0 duration>=159 post_to_ats>=160 auto_cancel_parent>=162=0 {_COMPETING}
    """)
    ACCOUNT_VALUE: Final = Layout(6, "_=2 key value currency account")
    PORTFOLIO_VALUE: Final = Layout(7, """
        _=8 con_id symbol sec_type expiry strike=0 right multiplier primary_exchange currency
        local_symbol trading_class position market_price market_value average_cost
        unrealized_pnl=0.0 realized_pnl=0.0 account
    """)
    ACCOUNT_TIME: Final = Layout(8, "_=1 time")
    NEXT_VALID_ID: Final = Layout(9, "_=1 order_id")
    CONTRACT_DATA: Final = Layout(10, """
        _<164=8 req_id symbol sec_type expiry strike=0 right exchange currency local_symbol
        market_name trading_class con_id min_tick md_size_multiplier<164=100 multiplier
        order_types valid_exchanges price_magnifier=1 under_con_id=0 long_name primary_exchange
        contract_month industry category subcategory time_zone_id trading_hours liquid_hours
        ev_rule ev_multiplier sec_ids[tag value] agg_group=1 under_symbol under_sec_type
        market_rule_ids real_expiration_date stock_type min_size>=164=1 size_increment>=164=1
        suggested_size_increment>=163=1
    """)
    EXECUTION: Final = Layout(11, f"""
        req_id=-1 order_id {_CONTRACT} exec_id time account at_exchange side shares price perm_id
        client_id liquidation=0 cum_qty avg_price order_ref ev_rule ev_multiplier model_code
        last_liquidity=2 is_price_revision_pending>=178=0
    """)
    MANAGED_ACCOUNTS: Final = Layout(15, "_=1 accounts")
    CURRENT_TIME: Final = Layout(49, "_=1 time")
    CONTRACT_DATA_END: Final = Layout(52, "_=1 req_id")
    OPEN_ORDERS_END: Final = Layout(53, "_=1")
    ACCOUNT_END: Final = Layout(54, "_=1 account")
    EXECUTIONS_END: Final = Layout(55, "_=1 req_id")
    COMMISSION: Final = Layout(59, f"""
        _=1 exec_id commission currency=USD realized_pnl={UNSET} yield={UNSET} yield_date
    """)
    POSITION: Final = Layout(61, f"_=3 account {_CONTRACT} position average_cost")
    POSITIONS_END: Final = Layout(62, "_=1")
    ACCOUNT_SUMMARY: Final = Layout(63, "_=1 req_id account tag value currency")
    ACCOUNT_SUMMARY_END: Final = Layout(64, "_=1 req_id")
    ACCOUNT_MULTI: Final = Layout(73, "_=1 req_id account model_code key value currency")
    ACCOUNT_MULTI_END: Final = Layout(74, "_=1 req_id")
    MARKET_RULE: Final = Layout(93, "rule_id increments[low_edge increment]")
    COMPLETED_ORDER: Final = Layout(101, f"""
        {_CONTRACT} action total_quantity order_type lmt_price=0.0 aux_price=0.0 tif oca_group
        account open_close origin=0 order_ref perm_id outside_rth=0 hidden=0 discretionary_amt=0
        good_after_time fa_group fa_method fa_percentage fa_profile<177 model_code good_till_date
        rule_80a percent_offset settling_firm short_sale_slot=0 designated_location exempt_code=-1
        starting_price stock_ref_price delta stock_range_lower stock_range_upper
        display_size={NO_NUMBER} sweep_to_fill=0 all_or_none=0 min_qty oca_type=3 trigger_method=0
        volatility volatility_type=0 delta_neutral_order_type=None delta_neutral_aux_price
        delta_neutral_con_id=0 delta_neutral_short_sale=0 delta_neutral_short_sale_slot=0
        delta_neutral_designated_location continuous_update=0 reference_price_type=0
        trail_stop_price trailing_percent legs_description {_LEGS} {_SCALE} hedge_type
        hedge_param?hedge_type clearing_account clearing_intent=IB not_held=0 {_DELTA_NEUTRAL}
        {_ALGO} solicited=0 status randomize_size=0 randomize_price=0 {_PEGGED} conditions_count=0
        adjusted_trail_stop_price={UNSET} lmt_price_offset={UNSET} cash_qty=0
        dont_use_auto_price_for_hedge=1 is_oms_container=0 auto_cancel_date filled_quantity
        ref_futures_con_id={NO_NUMBER} auto_cancel_parent=0 shareholder imbalance_only=0
        route_marketable_to_bbo=0 parent_perm_id={NO_LONG} completed_time completed_status
        {_COMPETING}
    """)
    COMPLETED_ORDERS_END: Final = Layout(102, "")
