"""Clients of WeChat and WeCom; with callbacks, the only place that knows wechatpy."""
