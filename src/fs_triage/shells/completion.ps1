# Completion of fs-triage for PowerShell: the program itself says what may follow, one « value TAB label » a line.
# The word under the cursor is handed over behind an « = », so that it is never an empty argument.
Register-ArgumentCompleter -Native -CommandName fs-triage -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    & $commandAst.CommandElements[0].ToString() --completer @before "=$wordToComplete" 2>$null |
        ForEach-Object {
            $value, $label = $_ -split "`t", 2
            if ($value) {
                if (-not $label) { $label = $value }
                [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $label)
            }
        }
}
