"""What leaves the archive: appraised 鉴定, destroyed under two witnesses 监销, or handed over 移交."""
