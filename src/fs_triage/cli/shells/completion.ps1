# Completion of fs-triage for PowerShell: the program itself says what may follow, one "value TAB label" a line.
# The word under the cursor is handed over behind an "=", so that it is never an empty argument.
# For Windows PowerShell 5.1 too, which reads a file without a byte order mark in the ANSI page: ASCII alone.
Register-ArgumentCompleter -Native -CommandName fs-triage -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
            else { $_.ToString() }
        })
    $program = $commandAst.GetCommandName()
    $current = $wordToComplete.Trim([char[]]"'`"")
    # what a program writes is read in the page of the console, which may lack the letters of a label;
    # a host without a console (ISE) has no page to set
    $page = [Console]::OutputEncoding
    try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { }
    try {
        & $program --completer @before "=$current" 2>$null |
            ForEach-Object {
                $value, $label = $_ -split "`t", 2
                if ($value) {
                    if (-not $label) { $label = $value }
                    if ($value -notmatch '^[\w./=-]+$') { $value = "'" + $value.Replace("'", "''") + "'" }
                    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $label)
                }
            }
    }
    finally {
        try { [Console]::OutputEncoding = $page } catch { }
    }
}
