; Goes back to the program that the last upgrade replaced: current\ and before\ change places. Doing it twice undoes it.
;   goback.exe [/S]     0 done, 2 there is none, 3 the program did not let go of its files

Unicode true
!ifdef SIGN
  !finalize '${SIGN}' = 0
!endif
SetCompressor lzma
!include LogicLib.nsh
!define NAME "乡财一卡通"
!if ${SCOPE} == machine
  !define ROOTKEY HKLM
  RequestExecutionLevel admin
!else
  !define ROOTKEY HKCU
  RequestExecutionLevel user
!endif
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\XiangCai"
LoadLanguageFile "${NSISDIR}\Contrib\Language files\SimpChinese.nlf"
Name "${NAME}"
Caption "${NAME} 退回到上一个版本"
OutFile "${OUT}"
Icon "${FOLDER}\xiangcai.ico"
ManifestDPIAware true
ManifestSupportedOS Win10
VIProductVersion ${FOUR}
VIAddVersionKey /LANG=2052 ProductName "${NAME}"
VIAddVersionKey /LANG=2052 FileDescription "${NAME} 退回到上一个版本"
VIAddVersionKey /LANG=2052 FileVersion "${VERSION}"
VIAddVersionKey /LANG=2052 LegalCopyright "Apache-2.0"
Page instfiles
!include "${HERE}\running.nsh"
!insertmacro RunningCheck ""

Function .onInit
  SetRegView 64
  StrCpy $INSTDIR "$EXEDIR"
  ReadRegStr $1 ${ROOTKEY} "Software\XiangCai" "VersionBefore"
  ${IfNot} ${FileExists} "$INSTDIR\before\xiangcai.exe"
    MessageBox MB_ICONSTOP|MB_OK "没有可以退回的版本。要装回旧版本，请运行旧版本的安装程序并加参数 /OLDER。" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  MessageBox MB_ICONQUESTION|MB_YESNO "退回到 ${NAME} $1？$\r$\n$\r$\n办公点的数据不会改动；新版本打开过的办公点，旧版本打不开的，请用升级前的备份恢复。" /SD IDYES IDYES +3
    SetErrorLevel 2
    Quit
FunctionEnd

Section
  Call WaitUntilClosed
  ReadRegStr $0 ${ROOTKEY} "Software\XiangCai" "Version"
  ReadRegStr $1 ${ROOTKEY} "Software\XiangCai" "VersionBefore"
  ClearErrors
  Rename "$INSTDIR\current" "$INSTDIR\next"
  ${If} ${Errors}
    SetErrorLevel 3
    MessageBox MB_ICONSTOP|MB_OK "程序文件正在使用，没有退回。请关闭 ${NAME} 后重试。" /SD IDOK
    Abort
  ${EndIf}
  Rename "$INSTDIR\before" "$INSTDIR\current"
  Rename "$INSTDIR\next" "$INSTDIR\before"
  WriteRegStr ${ROOTKEY} "Software\XiangCai" "Version" "$1"
  WriteRegStr ${ROOTKEY} "Software\XiangCai" "VersionBefore" "$0"
  WriteRegStr ${ROOTKEY} "${UNINSTALL}" "DisplayVersion" "$1"
SectionEnd
