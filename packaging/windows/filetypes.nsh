; Files that a double click opens with the program: upgrade packages and backups. Dossiers and archive packages stay plain
; zips, for they are read without this program.
!macro FileType SUFFIX TYPE WORDS
  WriteRegStr ${ROOTKEY} "Software\Classes\.${SUFFIX}" "" "${TYPE}"
  WriteRegStr ${ROOTKEY} "Software\Classes\${TYPE}" "" "${WORDS}"
  WriteRegStr ${ROOTKEY} "Software\Classes\${TYPE}\DefaultIcon" "" "$INSTDIR\current\xiangcai.exe,0"
  WriteRegStr ${ROOTKEY} "Software\Classes\${TYPE}\shell\open\command" "" '"$INSTDIR\current\xiangcai.exe" "%1"'
!macroend

; the desktop draws its icons again
!macro TellFileTypes
  System::Call "shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)"
!macroend

!macro FileTypes
  !insertmacro FileType xcup XiangCai.Upgrade "乡财一卡通升级包"
  !insertmacro FileType xcbak XiangCai.Backup "乡财一卡通备份"
  !insertmacro TellFileTypes
!macroend

; Another program may have taken a suffix since: it keeps it.
!macro NoFileType SUFFIX TYPE
  ReadRegStr $0 ${ROOTKEY} "Software\Classes\.${SUFFIX}" ""
  ${If} $0 == "${TYPE}"
    DeleteRegKey ${ROOTKEY} "Software\Classes\.${SUFFIX}"
  ${EndIf}
  DeleteRegKey ${ROOTKEY} "Software\Classes\${TYPE}"
!macroend

!macro NoFileTypes
  !insertmacro NoFileType xcup XiangCai.Upgrade
  !insertmacro NoFileType xcbak XiangCai.Backup
  !insertmacro TellFileTypes
!macroend
