<?php
echo "first\n";
sleep(60);
echo "second\n";
