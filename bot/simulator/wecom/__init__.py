"""WeCom: the application, webhook robots, group chats, customer groups and the group bot."""
