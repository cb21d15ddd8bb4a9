; Files that a double click opens with the program: upgrade packages and backups. Dossiers and archive packages stay plain
; zips, for they are read without this program.
!macro FileType SUFFIX TYPE WORDS
  WriteRegStr ${ROOTKEY} "Software\Classes\.${SUFFIX}" "" "${TYPE}"
  WriteRegStr ${ROOTKEY} "Software\Classes\${TYPE}" "" "${WORDS}"
  WriteRegStr ${ROOTKEY} "Software\Classes\${TYPE}\DefaultIcon" "" "$INSTDIR\current\xiangcai.exe,0"
  WriteRegStr ${ROOTKEY} "Software\Classes\${TYPE}\shell\open\command" "" '"$INSTDIR\current\xiangcai.exe" "%1"'
!macroend

!macro FileTypes
  !insertmacro FileType xcup XiangCai.Upgrade "乡财一卡通升级包"
  !insertmacro FileType xcbak XiangCai.Backup "乡财一卡通备份"
  System::Call "shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)"
!macroend

!macro NoFileTypes
  DeleteRegKey ${ROOTKEY} "Software\Classes\.xcup"
  DeleteRegKey ${ROOTKEY} "Software\Classes\.xcbak"
  DeleteRegKey ${ROOTKEY} "Software\Classes\XiangCai.Upgrade"
  DeleteRegKey ${ROOTKEY} "Software\Classes\XiangCai.Backup"
!macroend
