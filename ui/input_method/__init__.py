"""How Chinese comes in on Linux, where Qt's wheels carry no plugin for fcitx."""
